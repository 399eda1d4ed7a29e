/** The states of a restoration of an organization. */
export const importStatuses = ['queued', 'running', 'restored', 'failed'] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** How many restorations can wait or run at a time. */
export const mostUnfinished = 100;
