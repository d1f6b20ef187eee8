"""What goes to and comes back from those who send figures: the form, receiving it, the receipt."""
