// A plugin of qemu-aarch64 that writes the addresses a program executes between the Nth and the next entry of one function, one hexadecimal number a line:
//   qemu-aarch64 -plugin libtrace.so,entry=SYMBOL,call=N,to=TRACE PROGRAM ...
// SYMBOL is the end of the function's name. The functions of QEMU used here are declared below: Debian's packages bring no header (plugin API version 1).
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
typedef struct block block;
typedef struct instruction instruction;
enum registers { NO_REGISTERS };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*translated)(plugin_id, block *));
void qemu_plugin_register_vcpu_insn_exec_cb(instruction *at, void (*executed)(unsigned cpu, void *data), enum registers use, void *data);
void qemu_plugin_register_atexit_cb(plugin_id id, void (*ended)(plugin_id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const block *of);
instruction *qemu_plugin_tb_get_insn(const block *of, size_t index);
uint64_t qemu_plugin_insn_vaddr(const instruction *of);
const char *qemu_plugin_insn_symbol(const instruction *of);

EXPORT int qemu_plugin_version = 1;

static const char *entry;
static unsigned long call = 1, calls;
static FILE *trace;
static bool tracing;

static void entered(unsigned cpu, void *data)
{
    (void)cpu;
    (void)data;
    tracing = ++calls == call;
}

static void executed(unsigned cpu, void *address)
{
    (void)cpu;
    if (tracing)
        fprintf(trace, "%lx\n", (unsigned long)(uintptr_t)address);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static void translated(plugin_id id, block *of)
{
    (void)id;
    static uint64_t first;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(of); i++) {
        instruction *at = qemu_plugin_tb_get_insn(of, i);
        uint64_t address = qemu_plugin_insn_vaddr(at);
        const char *symbol = qemu_plugin_insn_symbol(at);
        // The first address seen of the function is its entry: nothing jumps into its middle before it was called.
        if (symbol && ends_with(symbol, entry) && (first == 0 || first == address)) {
            first = address;
            qemu_plugin_register_vcpu_insn_exec_cb(at, entered, NO_REGISTERS, NULL);
        }
        qemu_plugin_register_vcpu_insn_exec_cb(at, executed, NO_REGISTERS, (void *)(uintptr_t)address);
    }
}

static void ended(plugin_id id, void *data)
{
    (void)id;
    (void)data;
    fclose(trace);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *information, int count, char **arguments)
{
    (void)information;
    for (int i = 0; i < count; i++) {
        if (strncmp(arguments[i], "entry=", 6) == 0)
            entry = strdup(arguments[i] + 6);
        else if (strncmp(arguments[i], "call=", 5) == 0)
            call = strtoul(arguments[i] + 5, NULL, 10);
        else if (strncmp(arguments[i], "to=", 3) == 0)
            trace = fopen(arguments[i] + 3, "w");
    }
    if (!entry || !trace) {
        fprintf(stderr, "trace: entry=SYMBOL and a writable to=TRACE are needed\n");
        return 1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, ended, NULL);
    return 0;
}
