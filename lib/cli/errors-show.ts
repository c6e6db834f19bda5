import { lines, usage } from "./errors";

export const nothingToShow = (stacks: readonly string[]) =>
  lines(
    `There is nothing to show: ${stacks.length === 0 ? "the app has no stacks" : `no construct of this library is in ${stacks.join(", ")}`}.`,
    "Add a ControlPlane, or another construct of cdktf-control-plane, to a stack of the app.",
  );

export const unknownFormat = (given: string, known: readonly string[]) =>
  usage(
    `${JSON.stringify(given)} is not a format. The formats are ${known.join(", ")}.`,
    `Write: cdktf-control-plane graph --format ${known[0]}`,
  );

export const otherEnding = (path: string, ending: string) =>
  usage(
    `${path} ends in ${ending}, but without --format a picture is an SVG.`,
    "Name a file that ends in .svg, or give its --format: svg, dot or mermaid. Graphviz makes other formats of dot:",
    "  cdktf-control-plane graph --format dot | dot -Tpng -o cluster.png",
  );

export const unwritableFile = (path: string, code: string) =>
  lines(
    `${path} cannot be written (${code || "unknown reason"}).`,
    "Name a file in a folder that exists and in which you may write.",
  );
