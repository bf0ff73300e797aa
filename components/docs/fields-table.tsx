import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '../ui/table.tsx';
import type { Field } from './describe-operations.ts';
import { RichText } from './rich-text.tsx';

export function FieldsTable({
  title,
  fields,
}: {
  readonly title: string;
  readonly fields: readonly (Field & { readonly place?: string })[];
}) {
  if (fields.length === 0) return null;
  return (
    <div>
      <h4 className="mb-2 text-sm font-medium">{title}</h4>
      <div className="overflow-hidden rounded-lg border border-line bg-surface">
        <Table label={title}>
          <TableHead>
            <TableRow>
              <TableHeader>Name</TableHeader>
              <TableHeader>Type</TableHeader>
              <TableHeader>Meaning</TableHeader>
            </TableRow>
          </TableHead>
          <TableBody>
            {fields.map(({ name, type, required, description, place }) => (
              <TableRow key={name}>
                <TableCell className="align-top">
                  <span className="code-id">{name}</span>
                  <span className="block text-xs text-subtle">
                    {required ? 'required' : 'optional'}
                    {place ? `, ${place}` : ''}
                  </span>
                </TableCell>
                <TableCell className="align-top text-muted">{type}</TableCell>
                <TableCell className="min-w-48 align-top text-muted">
                  <RichText text={description} />
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    </div>
  );
}
