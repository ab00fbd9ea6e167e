"""The function that serves people and programs over HTTP."""
