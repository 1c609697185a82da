"""Readers, controls and links count blocks, heads and tokens from 1; code, the worker and `data-` attributes from 0."""


def number_of(index):
    return index + 1


def index_of(number):
    return number - 1
