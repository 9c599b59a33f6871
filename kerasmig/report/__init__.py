"""Results as terminal text, diff, JSON, Markdown, JUnit, SARIF, workflow annotations and HTML.

Everything here reads results and returns or prints text; nothing analyses code or opens a file.
"""
