import type { AppError } from '../../../common/errors/app-error.js';
import type { PreparedUser } from '../../auth/users.service.js';

/** The provisioning steps in order. Each step is done once; a later run does only the missing steps, and makes another admin while there is no enabled owner. */
export const provisioningSteps = ['validate', 'admin_user', 'default_settings', 'plan_features', 'verified', 'welcome_email'] as const;
export type ProvisioningStepName = (typeof provisioningSteps)[number];

export interface ProvisioningProblem {
  readonly step: ProvisioningStepName;
  readonly code: string;
  readonly message: string;
}

export interface ProvisioningResult {
  /** `partial_success`: some steps failed and can be run again. `failed`: no step was run. */
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

/** The requested options, with everything that was prepared before the transaction. */
export interface ProvisioningRun {
  readonly options: ProvisioningOptions;
  /** The admin to create, when no user has verified the address. Has the password only when it was generated. */
  readonly admin?: { readonly prepared: PreparedUser; readonly password?: string };
  /** The reason why the admin cannot be created. */
  readonly refusal?: AppError;
}

/** Returns the requested steps. */
export function requestedSteps({ createAdminUser = true, initializeDefaults = true, sendWelcomeEmail = true }: ProvisioningOptions): ProvisioningStepName[] {
  const skipped = new Set<ProvisioningStepName>([
    ...(createAdminUser ? [] : ['admin_user' as const]),
    ...(initializeDefaults ? [] : ['default_settings' as const]),
    ...(sendWelcomeEmail ? [] : ['welcome_email' as const]),
  ]);
  return provisioningSteps.filter((step) => !skipped.has(step));
}
