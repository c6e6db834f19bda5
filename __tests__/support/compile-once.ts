import asyncHooks, { AsyncLocalStorage } from "node:async_hooks";
import { setFlagsFromString } from "node:v8";
import vm from "node:vm";
import { TestEnvironment } from "jest-environment-node";

/**
 * Jest's environment for Node, in which a process compiles a module once instead of once for each test file: compiling was
 * a fifth of the time of all tests. Each test file still runs its modules anew, in a context of its own.
 */
export default class CompileOnce extends TestEnvironment {
  override async teardown(): Promise<void> {
    for (const storage of storages.splice(0)) storage.disable();
    await super.teardown();
  }
}

// Jest makes such a storage for each test file and never disables it, so each promise would cost more with each file: a
// fifteenth of the time of all tests.
const storages: AsyncLocalStorage<unknown>[] = [];
asyncHooks.AsyncLocalStorage = class<T> extends AsyncLocalStorage<T> {
  constructor() {
    super();
    storages.push(this as AsyncLocalStorage<unknown>);
  }
};

// Each test file has its own functions, most of which run too briefly to be worth optimizing: V8 would spend a quarter of
// the time on that. It still optimizes what runs ten times as often as it usually demands.
setFlagsFromString("--interrupt-budget=1500000");

const compile = vm.compileFunction;
const scripts = new Map<string, { source: string; script: vm.Script }>();

/** Compiles as `vm.compileFunction` does for Jest, and keeps the result, which can run in any context. */
vm.compileFunction = (source, parameters = [], options = {}) => {
  const { filename = "", parsingContext } = options;
  if (!parsingContext) return compile(source, parameters, options);
  let known = scripts.get(filename);
  if (known?.source !== source) {
    const head = `(function (${parameters.join(", ")}) {`;
    const columnOffset = -head.length;
    const script = new vm.Script(`${head}${source}\n})`, {
      filename,
      columnOffset,
    });
    known = { source, script };
    scripts.set(filename, known);
  }
  return known.script.runInContext(parsingContext);
};
