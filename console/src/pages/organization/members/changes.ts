import type { OpenOrganization } from '../context';
import { readAgain } from '../queries';

/** Reads the members again, and the own permissions, which may have changed with them. */
export const membersChanged = (organization: OpenOrganization): Promise<unknown> => Promise.all(['members', 'overview', 'access'].map((part) => readAgain(organization, part)));
