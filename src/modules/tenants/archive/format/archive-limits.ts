/** Limits for archives that are imported. A file beyond them is rejected before it uses much memory or disk space. */
export interface ArchiveLimits {
  /** Files in the archive. */
  readonly files: number;
  /** Bytes of all files, unpacked. */
  readonly totalBytes: number;
  /** Unpacked bytes per byte of the archive. Real archives are far below this ratio. */
  readonly ratio: number;
  /** Bytes of one row, which is kept in memory. */
  readonly lineBytes: number;
  /** Bytes of the manifest, which is kept in memory. */
  readonly manifestBytes: number;
}

const mebibyte = 1024 * 1024;

export const archiveLimits: ArchiveLimits = { files: 1000, totalBytes: 1024 * 1024 * mebibyte, ratio: 300, lineBytes: 64 * mebibyte, manifestBytes: 4 * mebibyte };

/** The size of batches in which rows are read and written, which bounds the memory that is used. */
export const batchBytes = mebibyte / 4;
export const batchRows = 1000;
