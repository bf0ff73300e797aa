'use client';

import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import { cn } from './cn.ts';
import { controlVariants } from './input.tsx';

export interface SelectOption {
  readonly value: string;
  readonly label: string;
}

export interface SelectProps {
  readonly options: readonly SelectOption[];
  readonly value?: string;
  readonly defaultValue?: string;
  readonly onValueChange?: (value: string) => void;
  readonly name?: string;
  readonly id?: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly size?: 'sm' | 'md' | 'lg';
  readonly className?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: true;
}

/** A listbox for consoles. Where autofill or no-JavaScript matters, use `NativeSelect` from native-select.tsx. */
export function Select({
  options,
  onValueChange,
  placeholder,
  size,
  className,
  id,
  name,
  value,
  defaultValue,
  disabled,
  ...aria
}: SelectProps) {
  return (
    <Base.Root
      items={[...options]}
      name={name}
      value={value}
      defaultValue={defaultValue}
      disabled={disabled}
      onValueChange={(next: string | null) => next !== null && onValueChange?.(next)}
    >
      <Base.Trigger
        id={id}
        className={cn(controlVariants({ size }), 'flex items-center justify-between gap-2 text-start', className)}
        {...aria}
      >
        <Base.Value className="truncate data-placeholder:text-subtle" placeholder={placeholder} />
        <Base.Icon>
          <ChevronsUpDown aria-hidden className="size-4 text-subtle" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="z-50 outline-none" sideOffset={4} alignItemWithTrigger={false}>
          <Base.Popup className="max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto rounded-lg border border-line-strong bg-overlay p-1 shadow-overlay outline-none transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0">
            <Base.List>
              {options.map((option) => (
                <Base.Item
                  key={option.value}
                  value={option.value}
                  className="grid min-h-8 cursor-default grid-cols-[1rem_1fr] items-center gap-2 rounded-md px-2 py-1 text-sm outline-none select-none data-highlighted:bg-hover"
                >
                  <Base.ItemIndicator>
                    <Check aria-hidden className="size-4 text-accent-text" />
                  </Base.ItemIndicator>
                  <Base.ItemText className="col-start-2">{option.label}</Base.ItemText>
                </Base.Item>
              ))}
            </Base.List>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
