"""What is kept comes back: backup and restore, the store of the documents, keys, and how long.

`backup` writes everything into a folder with a manifest (`manifest`), `restore` puts it into an empty
place and compares; `engines` knows how each database is copied while it is written to; `sealed` is the
form of an encrypted file; `store` tells whether this process sees the documents of this database;
`start` what must be right before a process begins; `keys` moves values to a new key;
`periods` and `retention` say how long papers are kept, `papers` which files are named by records.
"""
