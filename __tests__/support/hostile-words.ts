/** Words with characters that are special to a shell. */
export const HOSTILE = [
  "plain",
  "",
  " ",
  "it's",
  "''",
  '"double"',
  "back\\slash\\\\",
  "ends with \\",
  "$(id) `id` $HOME ${HOME}",
  "two\nlines\n",
  "\ttab",
  "* ? [a] ~ !x # ; & | < >",
  "-n",
  "--",
  "grüße 漢字 🚀",
];
