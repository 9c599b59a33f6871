import os

os.environ.setdefault('TF_ENABLE_ONEDNN_OPTS', '1')  # channels_first on a CPU

import numpy as np
from keras.models import Model
from keras.layers import Input, concatenate, Conv2D, MaxPooling2D, UpSampling2D
from keras.layers import Dropout
from keras.optimizers import Adam
from keras.callbacks import ModelCheckpoint
from keras import ops
from keras1_compat import compile_model

img_rows = 48
img_cols = 64

smooth = 1.


def dice_coef(y_true, y_pred):
    y_true_f = ops.ravel(y_true)
    y_pred_f = ops.ravel(y_pred)
    intersection = ops.sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (ops.sum(y_true_f) + ops.sum(y_pred_f) + smooth)


def dice_coef_loss(y_true, y_pred):
    return -dice_coef(y_true, y_pred)


def get_unet():
    inputs = Input((1, img_rows, img_cols))
    conv1 = Conv2D(8, (3, 3), activation='relu', padding='same', data_format='channels_first')(inputs)
    conv1 = Conv2D(8, (3, 3), activation='relu', padding='same', data_format='channels_first')(conv1)
    pool1 = MaxPooling2D(pool_size=(2, 2), data_format='channels_first')(conv1)

    conv2 = Conv2D(16, (3, 3), activation='relu', padding='same', data_format='channels_first')(pool1)
    conv2 = Conv2D(16, (3, 3), activation='relu', padding='same', data_format='channels_first')(conv2)
    pool2 = MaxPooling2D(pool_size=(2, 2), data_format='channels_first')(conv2)

    conv3 = Conv2D(32, (3, 3), activation='relu', padding='same', data_format='channels_first')(pool2)
    conv3 = Dropout(.5)(conv3)   # bottom of the U

    up4 = concatenate([UpSampling2D(size=(2, 2), data_format='channels_first')(conv3), conv2], axis=1)
    conv4 = Conv2D(16, (3, 3), activation='relu', padding='same', data_format='channels_first')(up4)

    up5 = concatenate([UpSampling2D(size=(2, 2), data_format='channels_first')(conv4), conv1],
                axis=1)  # channels
    conv5 = Conv2D(8, (3, 3), activation='relu', padding='same', data_format='channels_first')(up5)

    conv6 = Conv2D(1, (1, 1), activation='sigmoid', data_format='channels_first')(conv5)

    model = Model(inputs=inputs, outputs=conv6)
    compile_model(model, optimizer=Adam(learning_rate=1e-5, epsilon=1e-08), loss=dice_coef_loss, metrics=[dice_coef])
    return model


def train(data_dir):
    imgs = np.load(os.path.join(data_dir, 'imgs_train.npy')).astype('float32')
    masks = np.load(os.path.join(data_dir, 'imgs_mask_train.npy')).astype('float32')
    model = get_unet()
    checkpoint = ModelCheckpoint('unet.keras', monitor='loss', save_best_only=True)
    model.fit(imgs, masks, batch_size=32, epochs=20, verbose=1, shuffle=True,
              callbacks=[checkpoint])


if __name__ == '__main__':
    train('raw')
