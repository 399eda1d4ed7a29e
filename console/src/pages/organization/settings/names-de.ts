/** What the settings mean that the server reads, in German, in the place of their keys and of the descriptions of the catalog. The other ones are of the product, and have its words. */
export const names: Readonly<Record<string, string>> = {
  session_timeout_minutes: 'Minuten ohne Tätigkeit, nach denen eine Sitzung endet',
  session_max_age_hours: 'Stunden, nach denen man sich neu ausweisen muss (0: nie)',
  password_expiry_days: 'Tage, nach denen ein Passwort geändert werden muss (0: nie)',
  max_login_attempts: 'Falsche Passwörter, nach denen ein Konto für eine Viertelstunde gesperrt ist',
  password_min_length: 'Mindestzahl der Zeichen eines neuen Passworts',
  enable_two_factor: 'Zweiten Faktor verlangen',
  new_device_mail: 'Mail an Mitglieder, wenn sich jemand mit einem neuen Gerät anmeldet',
  trusted_device_days: 'Tage, für die ein vertrautes Gerät nicht nach dem zweiten Faktor gefragt wird (0: nie)',
  require_parental_consent: 'Einwilligung der Sorgeberechtigten von Minderjährigen verlangen',
  allow_student_registration: 'Beitritt von Schülern ohne Einladung erlauben',
  allow_parent_access: 'Zugang für Sorgeberechtigte erlauben',
  email_notifications: 'Mails an Inhaber, wenn Grenzen fast oder ganz erreicht sind',
  weekly_reports: 'Wöchentliche Mail an Inhaber über die Nutzung',
  default_language: 'Übliche Sprache',
};
