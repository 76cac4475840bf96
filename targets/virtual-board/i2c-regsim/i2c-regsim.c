// SPDX-License-Identifier: GPL-2.0
/*
 * i2c-regsim: an I2C adapter whose chips are registers in memory.
 *
 *   modprobe i2c-regsim nr=1 bytes=0x53,0x68 words=0x48
 *
 * A chip of "bytes" has 256 registers of one byte; the pointer moves on with every byte. A chip of "words" has 256 registers of
 * two bytes, the high one first on the bus; the pointer stays (LM75, ADS1115). Each chip is a folder of the adapter in sysfs:
 *
 *   /sys/bus/i2c/devices/i2c-1/chip-48/registers   binary, read and write: 256 or 512 bytes in the order of the bus
 *   .../absent   1: the chip does not acknowledge, as if it were unplugged
 *   .../play     binary, write: a series that the chip shows frame by frame, one each time its first register is read:
 *                register (1 byte), bytes of a frame (1), 1 to repeat it (1), 0, number of frames (4, little-endian), frames
 *   .../played   frames shown since the series was written
 */
#include <linux/i2c.h>
#include <linux/minmax.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/sysfs.h>
#include <linux/unaligned.h>
#include <linux/vmalloc.h>

#define MAX_CHIPS	16
#define REGISTERS	256
#define PLAY_HEADER	8
#define PLAY_SIZE	(4 << 20)

static int nr = 1;
module_param(nr, int, 0444);
MODULE_PARM_DESC(nr, "Number of the bus");
static unsigned short bytes[MAX_CHIPS], words[MAX_CHIPS];
static int n_bytes, n_words;
module_param_array(bytes, ushort, &n_bytes, 0444);
MODULE_PARM_DESC(bytes, "Addresses of chips with registers of one byte");
module_param_array(words, ushort, &n_words, 0444);
MODULE_PARM_DESC(words, "Addresses of chips with registers of two bytes");
static unsigned int delay_us;
module_param(delay_us, uint, 0644);
MODULE_PARM_DESC(delay_us, "Microseconds that every transfer takes");

struct chip {
	u16 address;
	u8 width;		/* bytes of a register: 1 or 2 */
	u8 pointer;
	bool absent;
	u8 reg[2 * REGISTERS];
	u8 *play;
	size_t play_length;
	u32 frame;
	u32 played;
	char name[12];
	struct bin_attribute registers_attr, play_attr, *bin_attrs[3];
	struct device_attribute absent_attr, played_attr;
	struct attribute *attrs[3];
	struct attribute_group group;
};

static struct chip chips[MAX_CHIPS];
static int n_chips;
static const struct attribute_group *groups[MAX_CHIPS + 1];
static struct i2c_adapter adapter;

static struct chip *find_chip(u16 address)
{
	int i;

	for (i = 0; i < n_chips; i++)
		if (chips[i].address == address && !chips[i].absent)
			return &chips[i];
	return NULL;
}

/* The k-th byte of a transfer that began at the pointer. */
static u8 *cell(struct chip *c, int k)
{
	if (c->width == 2)
		return &c->reg[2 * c->pointer + (k & 1)];
	return &c->reg[(u8)(c->pointer + k)];
}

/* Shows the next frame when a read begins at the register that the series belongs to. */
static void show_next_frame(struct chip *c)
{
	u32 k, count, size;

	if (c->play_length < PLAY_HEADER || c->pointer != c->play[0])
		return;
	count = get_unaligned_le32(c->play + 4);
	size = c->play[1];
	if (c->play_length != PLAY_HEADER + (size_t)count * size)
		return;
	if (c->frame == count) {
		if (!c->play[2] || !count)
			return;
		c->frame = 0;
	}
	for (k = 0; k < size; k++)
		*cell(c, k) = c->play[PLAY_HEADER + c->frame * size + k];
	c->frame++;
	c->played++;
}

static int regsim_xfer(struct i2c_adapter *a, struct i2c_msg *msgs, int num)
{
	int i, k;

	if (delay_us)
		fsleep(delay_us);
	for (i = 0; i < num; i++) {
		struct i2c_msg *m = &msgs[i];
		struct chip *c = find_chip(m->addr);

		if (!c)
			return -ENXIO;
		if (m->flags & I2C_M_RD) {
			show_next_frame(c);
			for (k = 0; k < m->len; k++)
				m->buf[k] = *cell(c, k);
		} else if (m->len) {
			c->pointer = m->buf[0];
			for (k = 1; k < m->len; k++)
				*cell(c, k - 1) = m->buf[k];
			k--;
		} else {
			k = 0;
		}
		if (c->width == 1)
			c->pointer += k;
	}
	return num;
}

static u32 regsim_functionality(struct i2c_adapter *a)
{
	return I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
}

static const struct i2c_algorithm algorithm = {
	.master_xfer = regsim_xfer,
	.functionality = regsim_functionality,
};

static ssize_t registers_read(struct file *f, struct kobject *k, struct bin_attribute *b, char *buf, loff_t off, size_t n)
{
	struct chip *c = b->private;

	i2c_lock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	memcpy(buf, c->reg + off, n);
	i2c_unlock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	return n;
}

static ssize_t registers_write(struct file *f, struct kobject *k, struct bin_attribute *b, char *buf, loff_t off, size_t n)
{
	struct chip *c = b->private;

	i2c_lock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	memcpy(c->reg + off, buf, n);
	i2c_unlock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	return n;
}

static ssize_t play_write(struct file *f, struct kobject *k, struct bin_attribute *b, char *buf, loff_t off, size_t n)
{
	struct chip *c = b->private;
	ssize_t r = n;

	i2c_lock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	if (!c->play)
		c->play = vzalloc(PLAY_SIZE);
	if (!c->play) {
		r = -ENOMEM;
	} else {
		if (off == 0) {
			c->play_length = 0;
			c->frame = 0;
			c->played = 0;
		}
		memcpy(c->play + off, buf, n);
		c->play_length = max_t(size_t, c->play_length, off + n);
	}
	i2c_unlock_bus(&adapter, I2C_LOCK_ROOT_ADAPTER);
	return r;
}

static ssize_t played_show(struct device *d, struct device_attribute *a, char *buf)
{
	return sysfs_emit(buf, "%u\n", container_of(a, struct chip, played_attr)->played);
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

static void add_chip(u16 address, u8 width)
{
	struct chip *c = &chips[n_chips];

	c->address = address;
	c->width = width;
	snprintf(c->name, sizeof(c->name), "chip-%02x", address);

	sysfs_bin_attr_init(&c->registers_attr);
	c->registers_attr.attr.name = "registers";
	c->registers_attr.attr.mode = 0600;
	c->registers_attr.size = width * REGISTERS;
	c->registers_attr.private = c;
	c->registers_attr.read = registers_read;
	c->registers_attr.write = registers_write;

	sysfs_bin_attr_init(&c->play_attr);
	c->play_attr.attr.name = "play";
	c->play_attr.attr.mode = 0200;
	c->play_attr.size = PLAY_SIZE;
	c->play_attr.private = c;
	c->play_attr.write = play_write;

	sysfs_attr_init(&c->absent_attr.attr);
	c->absent_attr.attr.name = "absent";
	c->absent_attr.attr.mode = 0644;
	c->absent_attr.show = absent_show;
	c->absent_attr.store = absent_store;

	sysfs_attr_init(&c->played_attr.attr);
	c->played_attr.attr.name = "played";
	c->played_attr.attr.mode = 0444;
	c->played_attr.show = played_show;

	c->bin_attrs[0] = &c->registers_attr;
	c->bin_attrs[1] = &c->play_attr;
	c->attrs[0] = &c->absent_attr.attr;
	c->attrs[1] = &c->played_attr.attr;
	c->group.name = c->name;
	c->group.attrs = c->attrs;
	c->group.bin_attrs = c->bin_attrs;
	groups[n_chips++] = &c->group;
}

static int __init regsim_init(void)
{
	int i;

	if (n_bytes + n_words > MAX_CHIPS)
		return -EINVAL;
	for (i = 0; i < n_bytes; i++)
		add_chip(bytes[i], 1);
	for (i = 0; i < n_words; i++)
		add_chip(words[i], 2);
	adapter.owner = THIS_MODULE;
	adapter.algo = &algorithm;
	adapter.nr = nr;
	adapter.dev.groups = groups;
	strscpy(adapter.name, "register simulator", sizeof(adapter.name));
	return i2c_add_numbered_adapter(&adapter);
}

static void __exit regsim_exit(void)
{
	int i;

	i2c_del_adapter(&adapter);
	for (i = 0; i < n_chips; i++)
		vfree(chips[i].play);
}

module_init(regsim_init);
module_exit(regsim_exit);
MODULE_DESCRIPTION("I2C adapter whose chips are registers in memory");
MODULE_LICENSE("GPL");
