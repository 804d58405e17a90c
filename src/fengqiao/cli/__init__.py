"""Commands: each file parses one group, calls ``app``, prints, and ends in an exit code of ``model.errors.Exit``.

To add a command: a function with ``@app.command()`` in a file here, imported in ``main``; its words in ``cli.po``.
"""
