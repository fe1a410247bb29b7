"""What happens, in order: a page of prose each."""
