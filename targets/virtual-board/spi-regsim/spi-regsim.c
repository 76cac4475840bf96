// SPDX-License-Identifier: GPL-2.0
/*
 * spi-regsim: an SPI controller whose chips are registers in memory.
 *
 *   modprobe spi-regsim nr=0 address_mask=0x3f,0x7f
 *
 * One chip for each address_mask. The first byte of a message names a register: bit 7 set reads, clear writes; the mask takes the
 * register's number out of the other bits (0x3f: ADXL345, whose bit 6 says "several bytes"; 0x7f: BME280, MPU-6000). Each further
 * byte is the next register. A chip is a folder of the controller in sysfs:
 *
 *   /sys/class/spi_master/spi0/chip-0/registers   binary, read and write, 128 bytes
 *   .../absent   1: nobody drives the data line, every byte read is 0xff
 */
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/spi/spi.h>
#include <linux/sysfs.h>

#define MAX_CHIPS	4
#define REGISTERS	128

static int nr;
module_param(nr, int, 0444);
MODULE_PARM_DESC(nr, "Number of the bus");
static unsigned short address_mask[MAX_CHIPS];
static int n_chips;
module_param_array(address_mask, ushort, &n_chips, 0444);
MODULE_PARM_DESC(address_mask, "For each chip the bits of the first byte that name a register");

struct chip {
	u8 reg[REGISTERS];
	bool absent;
	char name[12];
	struct bin_attribute registers_attr, *bin_attrs[2];
	struct device_attribute absent_attr;
	struct attribute *attrs[2];
	struct attribute_group group;
};

static struct chip chips[MAX_CHIPS];
static const struct attribute_group *groups[MAX_CHIPS + 1];
static struct platform_device *parent;
static struct spi_controller *controller;
static DEFINE_MUTEX(registers_lock);

/* The chip select stays active from the first transfer of a message to its last: the register goes on counting. */
static int regsim_message(struct spi_controller *ctlr, struct spi_message *m)
{
	struct chip *c = &chips[spi_get_chipselect(m->spi, 0)];
	u8 mask = address_mask[spi_get_chipselect(m->spi, 0)];
	struct spi_transfer *t;
	bool started = false, reads = false;
	u8 at = 0;
	int i;

	mutex_lock(&registers_lock);
	list_for_each_entry(t, &m->transfers, transfer_list) {
		const u8 *tx = t->tx_buf;
		u8 *rx = t->rx_buf;

		for (i = 0; i < t->len; i++) {
			u8 out = tx ? tx[i] : 0, in = 0;

			if (!started) {
				started = true;
				reads = out & 0x80;
				at = out & mask;
			} else {
				if (reads)
					in = c->reg[at % REGISTERS];
				else if (!c->absent)
					c->reg[at % REGISTERS] = out;
				at++;
			}
			if (rx)
				rx[i] = c->absent ? 0xff : in;
		}
		m->actual_length += t->len;
		if (t->cs_change)
			started = false;
	}
	mutex_unlock(&registers_lock);
	m->status = 0;
	spi_finalize_current_message(ctlr);
	return 0;
}

static ssize_t registers_read(struct file *f, struct kobject *k, struct bin_attribute *b, char *buf, loff_t off, size_t n)
{
	mutex_lock(&registers_lock);
	memcpy(buf, ((struct chip *)b->private)->reg + off, n);
	mutex_unlock(&registers_lock);
	return n;
}

static ssize_t registers_write(struct file *f, struct kobject *k, struct bin_attribute *b, char *buf, loff_t off, size_t n)
{
	mutex_lock(&registers_lock);
	memcpy(((struct chip *)b->private)->reg + off, buf, n);
	mutex_unlock(&registers_lock);
	return n;
}

static ssize_t absent_show(struct device *d, struct device_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%d\n", container_of(a, struct chip, absent_attr)->absent);
}

static ssize_t absent_store(struct device *d, struct device_attribute *a, const char *buf, size_t n)
{
	int r = kstrtobool(buf, &container_of(a, struct chip, absent_attr)->absent);

	return r ? r : n;
}

static void describe_chip(int i)
{
	struct chip *c = &chips[i];

	snprintf(c->name, sizeof(c->name), "chip-%d", i);
	sysfs_bin_attr_init(&c->registers_attr);
	c->registers_attr.attr.name = "registers";
	c->registers_attr.attr.mode = 0600;
	c->registers_attr.size = REGISTERS;
	c->registers_attr.private = c;
	c->registers_attr.read = registers_read;
	c->registers_attr.write = registers_write;
	sysfs_attr_init(&c->absent_attr.attr);
	c->absent_attr.attr.name = "absent";
	c->absent_attr.attr.mode = 0644;
	c->absent_attr.show = absent_show;
	c->absent_attr.store = absent_store;
	c->bin_attrs[0] = &c->registers_attr;
	c->attrs[0] = &c->absent_attr.attr;
	c->group.name = c->name;
	c->group.attrs = c->attrs;
	c->group.bin_attrs = c->bin_attrs;
	groups[i] = &c->group;
}

static int __init regsim_init(void)
{
	struct spi_board_info info = { .modalias = "regsim", .max_speed_hz = 10000000, .mode = SPI_MODE_3 };
	int i, r;

	for (i = 0; i < n_chips; i++)
		describe_chip(i);
	parent = platform_device_register_simple("spi-regsim", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	controller = spi_alloc_host(&parent->dev, 0);
	if (!controller) {
		platform_device_unregister(parent);
		return -ENOMEM;
	}
	controller->bus_num = nr;
	controller->num_chipselect = n_chips;
	controller->mode_bits = SPI_CPOL | SPI_CPHA;
	controller->bits_per_word_mask = SPI_BPW_MASK(8);
	controller->transfer_one_message = regsim_message;
	controller->dev.groups = groups;
	r = spi_register_controller(controller);
	if (r) {
		spi_controller_put(controller);
		platform_device_unregister(parent);
		return r;
	}
	for (i = 0; i < n_chips; i++) {
		info.chip_select = i;
		if (!spi_new_device(controller, &info))
			pr_warn("spi-regsim: no device for chip select %d\n", i);
	}
	return 0;
}

static void __exit regsim_exit(void)
{
	spi_unregister_controller(controller);
	platform_device_unregister(parent);
}

module_init(regsim_init);
module_exit(regsim_exit);
MODULE_DESCRIPTION("SPI controller whose chips are registers in memory");
MODULE_LICENSE("GPL");
