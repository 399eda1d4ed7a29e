import { Text } from '@mantine/core';
import { Link } from '../parts/link';
import { Sheet } from '../parts/sheet';
import { texts } from '../texts/texts';

export function NotFoundPage() {
  return (
    <Sheet title={texts().notFoundTitle}>
      <Text>{texts().notFound}</Text>
      <Link to="/">{texts().toStart}</Link>
    </Sheet>
  );
}
