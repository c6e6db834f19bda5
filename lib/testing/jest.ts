/// <reference types="jest" preserve="true" />
import { type ControlPlaneMatchers, matchers } from "./index";

// Importing this file adds the matchers to Jest's `expect`, with their types.
declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Jest's types are in a namespace.
  namespace jest {
    // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars -- as Jest declares it
    interface Matchers<R, T = {}> extends ControlPlaneMatchers<R> {}
  }
}

expect.extend(matchers);
