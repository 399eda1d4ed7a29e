import { texts } from './texts';

/** The areas of the console of operators, in the order of the navigation. */
export const areas = [
  { to: '/operator', label: texts.overview },
  { to: '/operator/tenants', label: texts.tenants },
  { to: '/operator/users', label: texts.users },
  { to: '/operator/usage', label: texts.usage },
  { to: '/operator/invoices', label: texts.invoices },
  { to: '/operator/jobs', label: texts.jobs },
  { to: '/operator/mail', label: texts.mail },
  { to: '/operator/webhooks', label: texts.webhooks },
  { to: '/operator/service-keys', label: texts.serviceKeys },
  { to: '/operator/audit', label: texts.audit },
  { to: '/operator/privacy', label: texts.privacy },
  { to: '/operator/backups', label: texts.backups },
  { to: '/operator/health', label: texts.health },
] as const;
