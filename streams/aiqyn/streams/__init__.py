"""What happens to an event: intake, facts, identity, graph, detection and the runners that drive them."""
