"""Which object does a name in the code mean?"""
