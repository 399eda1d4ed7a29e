import type { Data, TenantryClient } from '@tenantry/sdk';
import { createContext, useContext } from 'react';

/** The organization of the console, as the signed-in person sees it. */
export interface OpenOrganization {
  readonly id: string;
  readonly name: string;
  /** Names the organization in each call. */
  readonly api: TenantryClient<true>;
  readonly me: Data<'getMe'>;
  /** Whether the person has a permission in the organization. The API decides; the pages only do not offer what it would refuse. */
  readonly may: (permission: string) => boolean;
}

export const OrganizationContext = createContext<OpenOrganization | undefined>(undefined);

/** Returns the organization of the console. */
export function useOrganization(): OpenOrganization {
  const organization = useContext(OrganizationContext);
  if (organization === undefined) throw new Error('This page belongs to the console of an organization');
  return organization;
}
