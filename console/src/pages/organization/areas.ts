import { texts } from './texts';

interface Area {
  readonly to: '/organizations/$organizationId';
  readonly label: string;
  /** The area is offered to people with any of these permissions; to all members if there are none. */
  readonly permissions: readonly string[];
}

/** The areas of the console of an organization, in the order of the navigation. */
export const areas = [{ to: '/organizations/$organizationId', label: texts.overview, permissions: [] }] as const satisfies readonly Area[];
