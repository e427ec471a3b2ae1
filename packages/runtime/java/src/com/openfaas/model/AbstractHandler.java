package com.openfaas.model;

/** What the handler of a function usually extends. */
public abstract class AbstractHandler implements IHandler {}
