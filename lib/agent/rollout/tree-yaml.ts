import { expecting, type Shape } from "../../base/shape";
import { readYaml } from "../../base/yaml";
import type { HostFile } from "../hosts/host";
import { brokenTreeFile } from "./errors";

/** Reads a file of a node's tree as YAML. The store may have been altered after the file was made. */
export const readTreeYaml = <T>(
  { path, content }: HostFile,
  shape: Shape<T>,
): T =>
  expecting(
    () => readYaml(content, shape),
    (problem) => brokenTreeFile(path, problem),
  );
