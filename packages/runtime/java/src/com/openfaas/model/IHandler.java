package com.openfaas.model;

/** A function: one object of it answers every call, and several calls at once. */
public interface IHandler {
  /** Answers one call. What it throws is answered with status 500. */
  IResponse Handle(IRequest request);
}
