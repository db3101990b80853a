"""The long work of the app: each function calls the library and returns what a page shows, as JSON can hold it."""
