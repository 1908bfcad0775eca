"""From a world of facts to alerts: which cases to judge again, the view that rules see, and the alerts they make."""
