/** `Kubernetes v1.36.3`, as all programs of Kubernetes say it. Blanks end with the line: a text of nothing else is long. */
export const kubernetesVersionIn = (said: string): string | undefined =>
  /^[ \t]*Kubernetes (v\d+\.\d+\.\d+\S*)[ \t\r]*$/m.exec(said)?.[1];
