"""What changed from one built site to another: read, paired image by image, and shown."""
