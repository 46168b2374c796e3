"""The contract's own duties over the API. Services write; this checks forms.

Days on which something is done over the API are not sent: it is done on the day it arrives.
"""
