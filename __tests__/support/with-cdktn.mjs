// Loads cdktn wherever cdktf is imported, also by providers, as `overrides` of npm would: node --import this-file
import { Module } from "node:module";

const resolve = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) =>
  resolve(name === "cdktf" ? "cdktn" : name, ...rest);
