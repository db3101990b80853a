"""Sites: who runs them, what if they change, who loses, and a review of who could take them on."""
