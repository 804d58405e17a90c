"""Papers: one file per document, pure formatting of what it is given. To add one: a file with one public function."""
