"""A believable company for a sandbox organization: `python app.py demo`. Everything is made over the API, as a client
would, while the sandbox clock goes through six months."""
