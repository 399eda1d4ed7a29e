import type { CatalogProblem } from '../catalog-problem.js';
import type { SettingSource } from '../catalog-source.js';
import { authSettings, membershipSettings, mostTrustedDays, ownerRole } from '../catalog.js';
import { has, type Rule } from './catalog-rule.js';

const articleOf = (type: SettingSource['type']): string => (type === 'integer' ? 'an integer' : `a ${type}`);

/** Says why a value does not fit a setting; undefined when it does. */
function describeMismatch(value: unknown, { type, allowed, min, max }: SettingSource): string | undefined {
  const fits = type === 'integer' ? Number.isInteger(value) : typeof value === type;
  if (!fits) return `is not ${articleOf(type)}`;
  if (allowed !== undefined && !allowed.includes(value as string)) return `is not one of the allowed values ${allowed.join(', ')}`;
  if (min !== undefined && (value as number) < min) return `is below the minimum ${min}`;
  return max !== undefined && (value as number) > max ? `is above the maximum ${max}` : undefined;
}

const settingsAreSound: Rule = ({ settings }) =>
  Object.entries(settings ?? {}).flatMap(([key, setting]) => {
    const problems: CatalogProblem[] = [];
    const wrong = describeMismatch(setting.default, setting);
    if (wrong !== undefined)
      problems.push({
        path: ['settings', key, 'default'],
        message: `the default of "${key}" ${wrong}.`,
        hint: 'a new organization starts with the default, so it must be a value that can be chosen.',
      });
    if ((setting.min !== undefined || setting.max !== undefined) && setting.type !== 'integer')
      problems.push({
        path: ['settings', key],
        atKey: true,
        message: `the ${setting.type} setting "${key}" cannot have a minimum or maximum.`,
        hint: 'only integers have a range. List the allowed values instead.',
      });
    if (setting.min !== undefined && setting.max !== undefined && setting.min > setting.max)
      problems.push({ path: ['settings', key, 'min'], message: `the minimum of "${key}" is above its maximum.`, hint: 'swap them.' });
    (setting.allowed ?? []).forEach((value, index) => {
      if (describeMismatch(value, { type: setting.type, default: value }) !== undefined)
        problems.push({
          path: ['settings', key, 'allowed', index],
          message: `the allowed value ${JSON.stringify(value)} of "${key}" is not ${articleOf(setting.type)}.`,
          hint: 'quote it if you mean text, or change the type.',
        });
    });
    return problems;
  });

/** The ranges within which those of a catalog must be, and why. */
const enforcedRanges: Readonly<Partial<Record<keyof typeof authSettings, { readonly min: number; readonly max?: number; readonly reason: string }>>> = {
  session_timeout_minutes: { min: 1, reason: 'Lower values would lock all members out.' },
  session_max_age_hours: { min: 0, reason: 'Lower values would lock all members out.' },
  password_expiry_days: { min: 0, reason: 'Lower values would lock all members out.' },
  max_login_attempts: { min: 1, reason: 'Lower values would lock all members out.' },
  trusted_device_days: { min: 0, max: mostTrustedDays, reason: 'The trust in a device ends after a year at the latest, and 0 trusts none.' },
  password_min_length: { min: 10, max: 32, reason: 'Every password has at least 10 characters, and generated passwords have 32.' },
};

const enforcedSettingsAreKnown: Rule = ({ settings }) =>
  Object.entries(settings ?? {}).flatMap(([key, { type, min, max, enforcedBy }]): CatalogProblem[] => {
    if (enforcedBy === undefined) return [];
    const path = ['settings', key];
    const enforced: Readonly<Record<string, SettingSource['type']>> = enforcedBy === 'auth' ? authSettings : membershipSettings;
    const wanted = has(enforced, key) ? enforced[key] : undefined;
    if (wanted === undefined)
      return [{ path: [...path, 'enforcedBy'], message: `${enforcedBy} cannot enforce "${key}".`, hint: `${enforcedBy} can enforce: ${Object.keys(enforced).join(', ')}.` }];
    if (type !== wanted) return [{ path: [...path, 'type'], message: `"${key}" is enforced by ${enforcedBy} but has the type ${type}.`, hint: `use \`type: ${wanted}\`.` }];
    const range = has(enforcedRanges, key) ? enforcedRanges[key as keyof typeof enforcedRanges] : undefined;
    if (range === undefined) return [];
    const outside = (bound: 'min' | 'max', value: number | undefined, side: string, use: string): CatalogProblem => ({
      path: value === undefined ? path : [...path, bound],
      atKey: true,
      message: `"${key}" is enforced by auth but can be set ${side} ${range[bound]}.`,
      hint: `use \`${bound}: ${range[bound]}\` or ${use}. ${range.reason}`,
    });
    return [
      ...(min !== undefined && min >= range.min ? [] : [outside('min', min, 'below', 'higher')]),
      ...(range.max === undefined || (max !== undefined && max <= range.max) ? [] : [outside('max', max, 'above', 'lower')]),
    ];
  });

const userLimitsHaveAUser: Rule = ({ rateLimits }) =>
  Object.entries(rateLimits ?? {}).flatMap(([action, limits]) =>
    limits.flatMap(({ per }, index): CatalogProblem[] => {
      const signedIn = ['invitationCreate', 'organizationCreate', 'memberAdd', 'joinRequest', 'emailResend', 'personExport', 'consentRequest'].includes(action);
      if (per === 'user' && !signedIn)
        return [
          {
            path: ['rateLimits', action, index, 'per'],
            message: `"${action}" cannot be limited per user.`,
            hint: 'no user is signed in at that point. Use `per: address`.',
          },
        ];
      return [];
    }),
  );

const minorsHaveASwitch: Rule = ({ roles, settings }) =>
  Object.entries(roles).flatMap(([key, { holders }]): CatalogProblem[] => {
    if (holders === undefined) return [];
    const path = ['roles', key, 'holders'];
    if (key === ownerRole)
      return [{ path, message: 'the role "owner" cannot be a role of minors or guardians.', hint: 'an owner is responsible for the organization. Mark another role.' }];
    const needed = holders === 'minors' ? 'require_parental_consent' : 'allow_parent_access';
    if (settings?.[needed]?.enforcedBy === 'membership') return [];
    return [
      {
        path,
        message: `the role "${key}" is for ${holders}, but the setting "${needed}" is not enforced.`,
        hint: `add \`${needed}: { type: boolean, default: true, enforcedBy: membership }\` under "settings:".`,
      },
    ];
  });

/** The rules for settings and for rate limits of actions. */
export const settingRules: readonly Rule[] = [settingsAreSound, enforcedSettingsAreKnown, minorsHaveASwitch, userLimitsHaveAUser];
