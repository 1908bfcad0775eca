"""What an event is: envelope, event types, readers of OCDS and BODS, values of time, share and identity."""
