import type { AppError } from '../../../common/errors/app-error.js';
import type { PreparedUser } from '../../auth/users.service.js';

/** The steps in their order. Each is done once; running again finishes what is missing. */
export const provisioningSteps = ['validate', 'admin_user', 'default_settings', 'plan_features', 'verified', 'welcome_email'] as const;
export type ProvisioningStepName = (typeof provisioningSteps)[number];

export interface ProvisioningProblem {
  readonly step: ProvisioningStepName;
  readonly code: string;
  readonly message: string;
}

export interface ProvisioningResult {
  /** `partial_success`: some steps failed, and can be tried again. `failed`: nothing could be begun. */
  readonly status: 'success' | 'partial_success' | 'failed';
  readonly adminUserId: string | null;
  readonly adminPassword?: string;
  readonly stepsCompleted: string[];
  readonly errors: ProvisioningProblem[];
}

export interface ProvisioningOptions {
  readonly createAdminUser?: boolean;
  readonly adminEmail?: string;
  readonly adminUsername?: string;
  readonly adminPassword?: string;
  readonly initializeDefaults?: boolean;
  readonly sendWelcomeEmail?: boolean;
}

/** A wish, with what was made ready for it before the transaction. */
export interface ProvisioningRun {
  readonly wish: ProvisioningOptions;
  /** The admin, when nobody has proved the address; the password only when it was generated. */
  readonly admin?: { readonly prepared: PreparedUser; readonly password?: string };
  /** Why the admin that is wished for cannot be made. */
  readonly refusal?: AppError;
}

/** The steps that a wish asks for. */
export function requestedSteps({ createAdminUser = true, initializeDefaults = true, sendWelcomeEmail = true }: ProvisioningOptions): ProvisioningStepName[] {
  const unwanted = new Set<ProvisioningStepName>([
    ...(createAdminUser ? [] : ['admin_user' as const]),
    ...(initializeDefaults ? [] : ['default_settings' as const]),
    ...(sendWelcomeEmail ? [] : ['welcome_email' as const]),
  ]);
  return provisioningSteps.filter((step) => !unwanted.has(step));
}
