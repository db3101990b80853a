"""What headings (`headings`), their answers (`answers`) and any other cell (`cells`) say of secrecy, apart from guarded words."""
