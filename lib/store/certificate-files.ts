/** The endings of files with certificates in PEM form. */
const ENDING = /\.(crt|pem|cer)$/;

export const isCertificateFile = (file: string): boolean => ENDING.test(file);

/** The path of a certificate without its ending; its key and its signing request have the same path with other endings. */
export const withoutCertificateEnding = (file: string): string =>
  file.replace(ENDING, "");
