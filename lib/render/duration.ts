/** Hours as Go prints a duration: `8760h0m0s`. */
export function goDuration(hours: number): string {
  const seconds = Math.round(hours * 3600);
  const parts = [
    Math.floor(seconds / 3600),
    Math.floor((seconds % 3600) / 60),
    seconds % 60,
  ];
  return `${parts[0]}h${parts[1]}m${parts[2]}s`;
}
