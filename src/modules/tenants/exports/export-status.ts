/** The states of an export of an organization. `canceled` also when its file was deleted on request. */
export const exportStatuses = ['queued', 'running', 'ready', 'failed', 'canceled', 'expired'] as const;
export type ExportStatus = (typeof exportStatuses)[number];

/** The states in which an export uses a worker. */
export const unfinished: ExportStatus[] = ['queued', 'running'];

/** How often an organization is exported in an hour, by its members and by operators. */
export const hourlyExports = 5;
