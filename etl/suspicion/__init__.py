"""What a load is suspected of: places that look wrong though each row by itself may be right."""
