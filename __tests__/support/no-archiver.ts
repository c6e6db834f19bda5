/**
 * Takes the place of archiver, half of the modules that `cdktf` loads. Only the process that cdktf starts to make an
 * archive calls it, and that process runs without Jest.
 */
export {};
