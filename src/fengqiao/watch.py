"""The watch is a fold over journalled inputs: fold, judge, admit, in that order."""
