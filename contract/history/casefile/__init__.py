"""The case file (卷宗): everything about an alert in one ZIP that can be handed to an arbitrator.

`gathering` reads a case, `telling` puts it in its order, `sources` lets sibling apps add what they
know of its evidence, `archive` packs it so that the same case gives the same bytes, `building`
makes the file with its cover. It is a Chinese original: its wording stands in the code and the
template, not in a catalogue, and is the same for every reader.
"""
