/** What is too much to be an archive of ours: a file that goes beyond is refused before it costs memory or a disk. */
export interface ArchiveLimits {
  /** Files in the archive. */
  readonly files: number;
  /** Bytes of all files, unpacked. */
  readonly totalBytes: number;
  /** Bytes unpacked for each byte of the archive. Rows with their ids and times do not come near. */
  readonly ratio: number;
  /** Bytes of one row; held in memory. */
  readonly lineBytes: number;
  /** Bytes of the manifest; held in memory. */
  readonly manifestBytes: number;
}

const mebibyte = 1024 * 1024;

export const archiveLimits: ArchiveLimits = { files: 1000, totalBytes: 1024 * 1024 * mebibyte, ratio: 300, lineBytes: 64 * mebibyte, manifestBytes: 4 * mebibyte };

/** Rows are read and written in batches of about this many bytes: memory is bound by it. */
export const batchBytes = mebibyte / 4;
export const batchRows = 1000;
