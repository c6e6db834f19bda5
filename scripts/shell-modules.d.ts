/** A shell script, loaded as text: see shell-modules.mjs. */
declare module "*.sh" {
  const text: string;
  export default text;
}
