"""Converting programs from channels first to channels last.

It works on code of today (`convert.convert` is the way in), which `kerasmig.rewrite.engine` has made:
`following` runs the interpreter and tells for every tensor whether its axes are turned, `solving`
decides where the edges have to be, `editing` writes them down.
"""
