"""Use cases: each joins the pure core to files, sockets and the store.

``keeper`` folds inputs and keeps what comes of them; ``keep_watch`` feeds it live, ``replay`` from recordings,
``rebuild`` from the raw log. To add a use case: a file here with one public function, called from ``cli``.
"""
